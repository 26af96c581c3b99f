using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ScoutDashboard.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class TokenRotation : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "OldPassword",
                table: "Integrations",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "OldPasswordEndsAt",
                table: "Integrations",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "RotateBefore",
                table: "Integrations",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "RotatingUntil",
                table: "Integrations",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "RotationFailure",
                table: "Integrations",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "RotationRemedy",
                table: "Integrations",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "RotationTriedAt",
                table: "Integrations",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "TokenPassword",
                table: "Integrations",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "OldPassword",
                table: "Integrations");

            migrationBuilder.DropColumn(
                name: "OldPasswordEndsAt",
                table: "Integrations");

            migrationBuilder.DropColumn(
                name: "RotateBefore",
                table: "Integrations");

            migrationBuilder.DropColumn(
                name: "RotatingUntil",
                table: "Integrations");

            migrationBuilder.DropColumn(
                name: "RotationFailure",
                table: "Integrations");

            migrationBuilder.DropColumn(
                name: "RotationRemedy",
                table: "Integrations");

            migrationBuilder.DropColumn(
                name: "RotationTriedAt",
                table: "Integrations");

            migrationBuilder.DropColumn(
                name: "TokenPassword",
                table: "Integrations");
        }
    }
}
