using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ScoutDashboard.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ExceptionNames : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "ExceptionNames",
                columns: table => new
                {
                    ExceptionId = table.Column<long>(type: "INTEGER", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    IsKept = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ExceptionNames", x => new { x.ExceptionId, x.Name });
                    table.ForeignKey(
                        name: "FK_ExceptionNames_Exceptions_ExceptionId",
                        column: x => x.ExceptionId,
                        principalTable: "Exceptions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_ExceptionNames_Name",
                table: "ExceptionNames",
                column: "Name");

            // What counts as accepted is judged otherwise now.
            migrationBuilder.Sql("""UPDATE "Images" SET "CountsDue" = 1 WHERE "CountsDue" = 0 AND EXISTS (SELECT 1 FROM "Exceptions")""");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ExceptionNames");
        }
    }
}
