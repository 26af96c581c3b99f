using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace ScoutDashboard.Data;

/// <summary>
/// Inserts many rows of one table by one prepared statement, within the context's transaction: for tables of hundreds of thousands of rows, where tracking each
/// costs more than storing it. Values go through the model's own mapping; keys that the database makes are not read back.
/// </summary>
public sealed class RowInsert<T> : IDisposable
    where T : class
{
    private readonly SqliteStatement _statement;
    private readonly Func<object, object?>[] _values;

    /// <param name="db">With an open connection, which must stay so.</param>
    /// <param name="replaces">Whether a row takes the place of one with the same key, to which other rows go on to refer; else the database refuses it.</param>
    public RowInsert(ScoutDb db, bool replaces = false)
    {
        var entity = db.Model.FindEntityType(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T).Name} is no row of the schema.");
        var table = StoreObjectIdentifier.Create(entity, StoreObjectType.Table)!.Value;
        var sql = db.GetService<ISqlGenerationHelper>();
        IProperty[] columns = [.. entity.GetProperties().Where(property => !property.IsPrimaryKey() || property.ValueGenerated == ValueGenerated.Never)];
        _values = [.. columns.Select(ValueOf)];
        _statement = new SqliteStatement(
            (SqliteConnection)db.Database.GetDbConnection(),
            $"INSERT INTO {sql.DelimitIdentifier(table.Name, table.Schema)} ({List(columns, Name)}) VALUES ({string.Join(", ", columns.Select((_, at) => $"?{at + 1}"))}){(replaces ? Replacing() : "")}");

        string Name(IProperty column) => sql.DelimitIdentifier(column.GetColumnName(table)!);

        string Replacing()
        {
            var others = columns.Where(column => !column.IsPrimaryKey()).ToList();
            return $" ON CONFLICT ({List(columns.Where(column => column.IsPrimaryKey()), Name)}) DO {(others.Count == 0 ? "NOTHING" : $"UPDATE SET {List(others, column => $"{Name(column)} = excluded.{Name(column)}")}")}";
        }
    }

    /// <exception cref="SqliteException">The database refuses the row.</exception>
    public void Add(T row)
    {
        for (var at = 0; at < _values.Length; at++)
        {
            _statement.Bind(at + 1, _values[at](row));
        }

        _statement.Run();
    }

    public void Dispose() => _statement.Dispose();

    private static string List(IEnumerable<IProperty> columns, Func<IProperty, string> text) => string.Join(", ", columns.Select(text));

    private static Func<object, object?> ValueOf(IProperty property)
    {
        var getter = property.GetGetter();
        return property.GetRelationalTypeMapping().Converter is { } converter ? row => converter.ConvertToProvider(getter.GetClrValue(row)) : getter.GetClrValue;
    }
}
