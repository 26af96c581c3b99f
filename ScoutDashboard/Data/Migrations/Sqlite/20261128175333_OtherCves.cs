using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ScoutDashboard.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class OtherCves : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "FindingCves",
                columns: table => new
                {
                    FindingId = table.Column<long>(type: "INTEGER", nullable: false),
                    Cve = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_FindingCves", x => new { x.FindingId, x.Cve });
                    table.ForeignKey(
                        name: "FK_FindingCves_Findings_FindingId",
                        column: x => x.FindingId,
                        principalTable: "Findings",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_FindingCves_Cve",
                table: "FindingCves",
                column: "Cve");

            // Of what was matched before, the reason alone names the other CVEs.
            migrationBuilder.Sql("""UPDATE "Components" SET "NeedsMatch" = 1 WHERE "Id" IN (SELECT "ComponentId" FROM "Findings" WHERE "Reason" LIKE '%Also called CVE-%')""");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "FindingCves");
        }
    }
}
