using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ScoutDashboard.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ListedOnly : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_PackageSetComponents_PackageSetId_ComponentId",
                table: "PackageSetComponents");

            migrationBuilder.AddColumn<string>(
                name: "ListedOnly",
                table: "PackageSetComponents",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "PartOf",
                table: "PackageSetComponents",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_PackageSetComponents_PackageSetId_ComponentId_ListedOnly",
                table: "PackageSetComponents",
                columns: new[] { "PackageSetId", "ComponentId", "ListedOnly" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_PackageSetComponents_PackageSetId_ComponentId_ListedOnly",
                table: "PackageSetComponents");

            migrationBuilder.DropColumn(
                name: "ListedOnly",
                table: "PackageSetComponents");

            migrationBuilder.DropColumn(
                name: "PartOf",
                table: "PackageSetComponents");

            migrationBuilder.CreateIndex(
                name: "IX_PackageSetComponents_PackageSetId_ComponentId",
                table: "PackageSetComponents",
                columns: new[] { "PackageSetId", "ComponentId" });
        }
    }
}
