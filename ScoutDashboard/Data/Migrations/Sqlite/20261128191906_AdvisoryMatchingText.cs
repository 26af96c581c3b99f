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
            migrationBuilder.AddColumn<byte[]>(
                name: "Matching",
                table: "Advisories",
                type: "BLOB",
                nullable: true);

            // By hand: EF Core would do it outside of a transaction, and half a migration is left by whoever is killed meanwhile. No other table refers to this one.
            migrationBuilder.Sql("""
                CREATE TABLE "NewAffectedPackages" (
                    "AdvisoryId" TEXT NOT NULL,
                    "EcosystemBase" TEXT NOT NULL,
                    "Ecosystem" TEXT NOT NULL,
                    "Name" TEXT NOT NULL,
                    CONSTRAINT "PK_AffectedPackages" PRIMARY KEY ("AdvisoryId", "EcosystemBase", "Ecosystem", "Name"),
                    CONSTRAINT "FK_AffectedPackages_Advisories_AdvisoryId" FOREIGN KEY ("AdvisoryId") REFERENCES "Advisories" ("Id") ON DELETE CASCADE
                );
                INSERT OR IGNORE INTO "NewAffectedPackages" SELECT "AdvisoryId", "EcosystemBase", "Ecosystem", "Name" FROM "AffectedPackages";
                DROP TABLE "AffectedPackages";
                ALTER TABLE "NewAffectedPackages" RENAME TO "AffectedPackages";
                CREATE INDEX "IX_AffectedPackages_EcosystemBase_Ecosystem_Name_AdvisoryId" ON "AffectedPackages" ("EcosystemBase", "Ecosystem", "Name", "AdvisoryId");
                """);
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
