using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ScoutDashboard.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class KindsOfFeeds : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.RenameColumn(
                name: "ETag",
                table: "Feeds",
                newName: "Position");

            migrationBuilder.RenameColumn(
                name: "Ecosystem",
                table: "Feeds",
                newName: "Key");

            migrationBuilder.AddColumn<string>(
                name: "Covers",
                table: "Feeds",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Origin",
                table: "Advisories",
                type: "TEXT",
                nullable: false,
                defaultValue: "OSV");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Covers",
                table: "Feeds");

            migrationBuilder.DropColumn(
                name: "Origin",
                table: "Advisories");

            migrationBuilder.RenameColumn(
                name: "Position",
                table: "Feeds",
                newName: "ETag");

            migrationBuilder.RenameColumn(
                name: "Key",
                table: "Feeds",
                newName: "Ecosystem");
        }
    }
}
