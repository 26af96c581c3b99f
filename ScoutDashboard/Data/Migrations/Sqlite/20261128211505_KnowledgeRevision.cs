using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ScoutDashboard.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class KnowledgeRevision : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "KnowledgeRevisions",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false),
                    Number = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_KnowledgeRevisions", x => x.Id);
                });

            migrationBuilder.InsertData(
                table: "KnowledgeRevisions",
                columns: new[] { "Id", "Number" },
                values: new object[] { 1, 0L });

            // A match that was cut off left this alone; now only the mark tells.
            migrationBuilder.Sql("""UPDATE "Components" SET "NeedsMatch" = 1 WHERE "MatchedAt" IS NULL""");

            migrationBuilder.CreateIndex(
                name: "IX_Components_Pending",
                table: "Components",
                columns: new[] { "EcosystemBase", "AdvisoryName" },
                filter: "\"NeedsMatch\"");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "KnowledgeRevisions");

            migrationBuilder.DropIndex(
                name: "IX_Components_Pending",
                table: "Components");
        }
    }
}
