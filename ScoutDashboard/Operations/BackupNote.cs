using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Operations;

/// <summary>Writes into the audit log what was done from a shell.</summary>
public static class BackupNote
{
    /// <returns>False where the database's schema is another than this program's: then nothing was written.</returns>
    public static async Task<bool> WriteAsync(string database, AuditAction action, string file, string detail, DateTime now, CancellationToken cancellationToken)
    {
        await using var db = DataServices.Open(database);
        if (!await DataServices.IsCurrentAsync(db, cancellationToken))
        {
            return false;
        }

        foreach (var organization in await db.Organizations.Select(o => o.Id).ToListAsync(cancellationToken))
        {
            db.Audit.Add(new AuditEntry { OrganizationId = organization, At = now, Action = action, Name = Environment.UserName, Subject = Path.GetFileName(file), Detail = detail, Address = Actor.Shell });
        }

        await db.SaveChangesAsync(cancellationToken);
        return true;
    }
}
