using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ScoutDashboard.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class AdvisoryIndexes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Components_NeedsMatch",
                table: "Components");

            migrationBuilder.DropIndex(
                name: "IX_AffectedPackages_AdvisoryId",
                table: "AffectedPackages");

            migrationBuilder.DropIndex(
                name: "IX_AffectedPackages_Ecosystem",
                table: "AffectedPackages");

            migrationBuilder.CreateIndex(
                name: "IX_AffectedPackages_AdvisoryId_EcosystemBase",
                table: "AffectedPackages",
                columns: new[] { "AdvisoryId", "EcosystemBase" });

            migrationBuilder.CreateIndex(
                name: "IX_AffectedPackages_Ecosystem_Name",
                table: "AffectedPackages",
                columns: new[] { "Ecosystem", "Name" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_AffectedPackages_AdvisoryId_EcosystemBase",
                table: "AffectedPackages");

            migrationBuilder.DropIndex(
                name: "IX_AffectedPackages_Ecosystem_Name",
                table: "AffectedPackages");

            migrationBuilder.CreateIndex(
                name: "IX_Components_NeedsMatch",
                table: "Components",
                column: "NeedsMatch");

            migrationBuilder.CreateIndex(
                name: "IX_AffectedPackages_AdvisoryId",
                table: "AffectedPackages",
                column: "AdvisoryId");

            migrationBuilder.CreateIndex(
                name: "IX_AffectedPackages_Ecosystem",
                table: "AffectedPackages",
                column: "Ecosystem");
        }
    }
}
