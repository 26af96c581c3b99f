using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ScoutDashboard.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ReplacedVersions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "ReplacedLayer",
                table: "PackageSetComponents",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ReplacedVersion",
                table: "PackageSetComponents",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "ReplacedLayer",
                table: "PackageSetComponents");

            migrationBuilder.DropColumn(
                name: "ReplacedVersion",
                table: "PackageSetComponents");
        }
    }
}
