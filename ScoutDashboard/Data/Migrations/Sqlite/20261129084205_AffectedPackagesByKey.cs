using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ScoutDashboard.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class AffectedPackagesByKey : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // All of its columns are the key: a table beside the key's index would hold each row twice (sqlite.org/withoutrowid.html). EF Core knows no such tables; a migration
            // that has it build this one anew must say so again.
            migrationBuilder.Sql("""
                CREATE TABLE "NewAffectedPackages" (
                    "AdvisoryId" TEXT NOT NULL,
                    "EcosystemBase" TEXT NOT NULL,
                    "Ecosystem" TEXT NOT NULL,
                    "Name" TEXT NOT NULL,
                    CONSTRAINT "PK_AffectedPackages" PRIMARY KEY ("AdvisoryId", "EcosystemBase", "Ecosystem", "Name"),
                    CONSTRAINT "FK_AffectedPackages_Advisories_AdvisoryId" FOREIGN KEY ("AdvisoryId") REFERENCES "Advisories" ("Id") ON DELETE CASCADE
                ) WITHOUT ROWID;
                INSERT INTO "NewAffectedPackages" SELECT "AdvisoryId", "EcosystemBase", "Ecosystem", "Name" FROM "AffectedPackages" ORDER BY 1, 2, 3, 4;
                DROP TABLE "AffectedPackages";
                ALTER TABLE "NewAffectedPackages" RENAME TO "AffectedPackages";
                CREATE INDEX "IX_AffectedPackages_EcosystemBase_Ecosystem_Name_AdvisoryId" ON "AffectedPackages" ("EcosystemBase", "Ecosystem", "Name", "AdvisoryId");
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                CREATE TABLE "NewAffectedPackages" (
                    "AdvisoryId" TEXT NOT NULL,
                    "EcosystemBase" TEXT NOT NULL,
                    "Ecosystem" TEXT NOT NULL,
                    "Name" TEXT NOT NULL,
                    CONSTRAINT "PK_AffectedPackages" PRIMARY KEY ("AdvisoryId", "EcosystemBase", "Ecosystem", "Name"),
                    CONSTRAINT "FK_AffectedPackages_Advisories_AdvisoryId" FOREIGN KEY ("AdvisoryId") REFERENCES "Advisories" ("Id") ON DELETE CASCADE
                );
                INSERT INTO "NewAffectedPackages" SELECT "AdvisoryId", "EcosystemBase", "Ecosystem", "Name" FROM "AffectedPackages" ORDER BY 1, 2, 3, 4;
                DROP TABLE "AffectedPackages";
                ALTER TABLE "NewAffectedPackages" RENAME TO "AffectedPackages";
                CREATE INDEX "IX_AffectedPackages_EcosystemBase_Ecosystem_Name_AdvisoryId" ON "AffectedPackages" ("EcosystemBase", "Ecosystem", "Name", "AdvisoryId");
                """);
        }
    }
}
