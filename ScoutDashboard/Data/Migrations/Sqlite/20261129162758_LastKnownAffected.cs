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
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            // The version before can't read how it is written now.
            migrationBuilder.Sql("""UPDATE "Advisories" SET "Matching" = NULL""");
        }
    }
}
