using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ScoutDashboard.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class AzurePlaces : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "OldPasswordFailure",
                table: "Integrations",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "OldPasswordRemedy",
                table: "Integrations",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "RegistryMadeAt",
                table: "Integrations",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "RotatedAt",
                table: "Integrations",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "TopicId",
                table: "Integrations",
                type: "TEXT",
                nullable: true);

            // One column told both failures, and one both times.
            migrationBuilder.Sql("""
                UPDATE "Integrations" SET "OldPasswordFailure" = "RotationFailure", "OldPasswordRemedy" = "RotationRemedy", "RotationFailure" = NULL, "RotationRemedy" = NULL
                WHERE "RotationFailure" LIKE 'The old password %'
                """);
            migrationBuilder.Sql("""UPDATE "Integrations" SET "RotatedAt" = "RotationTriedAt" WHERE "RotationFailure" IS NULL""");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "OldPasswordFailure",
                table: "Integrations");

            migrationBuilder.DropColumn(
                name: "OldPasswordRemedy",
                table: "Integrations");

            migrationBuilder.DropColumn(
                name: "RegistryMadeAt",
                table: "Integrations");

            migrationBuilder.DropColumn(
                name: "RotatedAt",
                table: "Integrations");

            migrationBuilder.DropColumn(
                name: "TopicId",
                table: "Integrations");
        }
    }
}
