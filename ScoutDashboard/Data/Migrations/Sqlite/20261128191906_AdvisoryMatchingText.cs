using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ScoutDashboard.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class AdvisoryMatchingText : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(
                name: "PK_AffectedPackages",
                table: "AffectedPackages");

            migrationBuilder.DropIndex(
                name: "IX_AffectedPackages_AdvisoryId_EcosystemBase",
                table: "AffectedPackages");

            migrationBuilder.DropIndex(
                name: "IX_AffectedPackages_Ecosystem_Name",
                table: "AffectedPackages");

            migrationBuilder.DropIndex(
                name: "IX_AffectedPackages_EcosystemBase_Name",
                table: "AffectedPackages");

            migrationBuilder.DropColumn(
                name: "Id",
                table: "AffectedPackages");

            migrationBuilder.AddColumn<byte[]>(
                name: "Matching",
                table: "Advisories",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddPrimaryKey(
                name: "PK_AffectedPackages",
                table: "AffectedPackages",
                columns: new[] { "AdvisoryId", "EcosystemBase", "Ecosystem", "Name" });

            migrationBuilder.CreateIndex(
                name: "IX_AffectedPackages_EcosystemBase_Ecosystem_Name_AdvisoryId",
                table: "AffectedPackages",
                columns: new[] { "EcosystemBase", "Ecosystem", "Name", "AdvisoryId" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(
                name: "PK_AffectedPackages",
                table: "AffectedPackages");

            migrationBuilder.DropIndex(
                name: "IX_AffectedPackages_EcosystemBase_Ecosystem_Name_AdvisoryId",
                table: "AffectedPackages");

            migrationBuilder.DropColumn(
                name: "Matching",
                table: "Advisories");

            migrationBuilder.AddColumn<long>(
                name: "Id",
                table: "AffectedPackages",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L)
                .Annotation("Sqlite:Autoincrement", true);

            migrationBuilder.AddPrimaryKey(
                name: "PK_AffectedPackages",
                table: "AffectedPackages",
                column: "Id");

            migrationBuilder.CreateIndex(
                name: "IX_AffectedPackages_AdvisoryId_EcosystemBase",
                table: "AffectedPackages",
                columns: new[] { "AdvisoryId", "EcosystemBase" });

            migrationBuilder.CreateIndex(
                name: "IX_AffectedPackages_Ecosystem_Name",
                table: "AffectedPackages",
                columns: new[] { "Ecosystem", "Name" });

            migrationBuilder.CreateIndex(
                name: "IX_AffectedPackages_EcosystemBase_Name",
                table: "AffectedPackages",
                columns: new[] { "EcosystemBase", "Name" });
        }
    }
}
