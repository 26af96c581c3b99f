using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ScoutDashboard.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class UbuntuExtended : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // As Ecosystem.OfBuild has it for what is analysed from now on.
            migrationBuilder.Sql("""
                UPDATE "Components" SET "Ecosystem" = 'Ubuntu:Pro:' || substr("Ecosystem", 8), "NeedsMatch" = 1
                WHERE "EcosystemBase" = 'Ubuntu' AND "Ecosystem" LIKE 'Ubuntu:%' AND "Ecosystem" NOT LIKE 'Ubuntu:Pro:%' AND "AdvisoryVersion" GLOB '*[+~.]esm[0-9]*'
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""UPDATE "Components" SET "Ecosystem" = 'Ubuntu:' || substr("Ecosystem", 12) WHERE "Ecosystem" LIKE 'Ubuntu:Pro:%'""");
        }
    }
}
