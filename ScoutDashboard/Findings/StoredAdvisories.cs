using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Findings;

/// <summary>Looks up which advisories name a package, and of each what matching reads, one after the other by prepared statements; within a snapshot, or each would be a transaction of its own.</summary>
public sealed class StoredAdvisories(ScoutDb db) : IDisposable
{
    /// <summary>For its plan.</summary>
    public const string NamingSql = """SELECT "AdvisoryId" FROM "AffectedPackages" WHERE "EcosystemBase" = ?1 AND "Ecosystem" = ?2 AND "Name" = ?3""";
    /// <summary>For its plan.</summary>
    public const string TextSql = """SELECT coalesce("Matching", "Document") FROM "Advisories" WHERE "Id" = ?1 AND "Withdrawn" IS NULL""";

    private readonly SqliteStatement _naming = new((SqliteConnection)db.Database.GetDbConnection(), NamingSql);
    private readonly SqliteStatement _text = new((SqliteConnection)db.Database.GetDbConnection(), TextSql);

    /// <summary>The ids of those that name this package in this ecosystem, with its release.</summary>
    public IEnumerable<string> Naming(string ecosystemBase, string ecosystem, string name)
    {
        _naming.Bind(1, ecosystemBase);
        _naming.Bind(2, ecosystem);
        _naming.Bind(3, name);
        while (_naming.Next())
        {
            yield return Encoding.UTF8.GetString(_naming.Bytes(0));
        }
    }

    /// <summary>What is stored of an advisory for matching; null where there is none, or it was withdrawn.</summary>
    public byte[]? Text(string id)
    {
        _text.Bind(1, id);
        byte[]? text = null;
        while (_text.Next())
        {
            text = _text.Bytes(0).ToArray();
        }

        return text;
    }

    public void Dispose()
    {
        _naming.Dispose();
        _text.Dispose();
    }
}
