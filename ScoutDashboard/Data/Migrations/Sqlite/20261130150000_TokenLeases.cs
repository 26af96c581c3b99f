using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ScoutDashboard.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class TokenLeases : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "RotatingBy",
                table: "Integrations",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "RotatingBy",
                table: "Integrations");
        }
    }
}
