using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ScoutDashboard.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class WindowsAdvisories : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "IX_Advisories_Origin",
                table: "Advisories",
                column: "Origin");

            // No advisories told of Windows before: what is stored of it is of no ecosystem.
            migrationBuilder.Sql(
                """
                UPDATE "Components" SET "Ecosystem" = 'Windows:' || substr("Version", 1, 10), "EcosystemBase" = 'Windows', "NeedsMatch" = 1
                WHERE "Type" = 'windows' AND "Version" GLOB '10.0.[0-9][0-9][0-9][0-9][0-9].[0-9]*' AND "Version" NOT GLOB '*.*.*.*.*';
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Advisories_Origin",
                table: "Advisories");
        }
    }
}
