using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ScoutDashboard.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class LastKnownAffected : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Only GitHub's records tell it; of theirs the whole is asked until an import has stored them again.
            migrationBuilder.Sql("""UPDATE "Advisories" SET "Matching" = NULL WHERE "Id" LIKE 'GHSA-%'""");
            // So the next run reads their archives whole, also where those did not change.
            migrationBuilder.Sql("""UPDATE "Feeds" SET "Position" = NULL WHERE "Key" IN (SELECT "EcosystemBase" FROM "AffectedPackages" WHERE "AdvisoryId" LIKE 'GHSA-%')""");
            // What is stored was judged without it, and with a distribution's word for three of them only.
            migrationBuilder.Sql("""UPDATE "Components" SET "NeedsMatch" = 1""");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            // The version before can't read how it is written now.
            migrationBuilder.Sql("""UPDATE "Advisories" SET "Matching" = NULL""");
        }
    }
}
