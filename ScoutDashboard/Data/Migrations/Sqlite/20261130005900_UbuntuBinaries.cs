using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ScoutDashboard.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class UbuntuBinaries : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Only Ubuntu's records tell which packages of a source are affected; of them the whole is asked until an import has stored them again.
            migrationBuilder.Sql("""UPDATE "Advisories" SET "Matching" = NULL WHERE "Id" IN (SELECT "AdvisoryId" FROM "AffectedPackages" WHERE "EcosystemBase" = 'Ubuntu')""");
            // So the next run reads their archive whole, also where it did not change.
            migrationBuilder.Sql("""UPDATE "Feeds" SET "Position" = NULL WHERE "Key" = 'Ubuntu'""");
            // What is stored was judged without it, and a fix was called unknown where one of several advisories names the last affected version only.
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
