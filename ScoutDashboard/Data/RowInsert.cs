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

    // Of the row before: what stays bound need not be bound again, and half of a row's values are often those of the one before. All are NULL until they are bound.
    private readonly object?[] _bound;

    /// <param name="db">With an open connection, which must stay so.</param>
    /// <param name="sameKey">What becomes of a row whose key is there already.</param>
    public RowInsert(ScoutDb db, SameKey sameKey = SameKey.Refused)
    {
        var entity = db.Model.FindEntityType(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T).Name} is no row of the schema.");
        var table = StoreObjectIdentifier.Create(entity, StoreObjectType.Table)!.Value;
        var sql = db.GetService<ISqlGenerationHelper>();
        IProperty[] columns = [.. entity.GetProperties().Where(property => !property.IsPrimaryKey() || property.ValueGenerated == ValueGenerated.Never)];
        _values = [.. columns.Select(ValueOf)];
        _bound = new object?[columns.Length];
        _statement = new SqliteStatement(
            (SqliteConnection)db.Database.GetDbConnection(),
            $"INSERT INTO {sql.DelimitIdentifier(table.Name, table.Schema)} ({List(columns, Name)}) VALUES ({string.Join(", ", columns.Select((_, at) => $"?{at + 1}"))}){Clause()}");

        string Name(IProperty column) => sql.DelimitIdentifier(column.GetColumnName(table)!);

        string Clause()
        {
            var others = columns.Where(column => !column.IsPrimaryKey()).ToList();
            var key = $" ON CONFLICT ({List(columns.Where(column => column.IsPrimaryKey()), Name)}) DO";
            return sameKey switch
            {
                SameKey.Refused => "",
                SameKey.Replaced when others.Count > 0 => $"{key} UPDATE SET {List(others, column => $"{Name(column)} = excluded.{Name(column)}")}",
                _ => $"{key} NOTHING",
            };
        }
    }

    /// <returns>False where a row with this key stays as it is.</returns>
    /// <exception cref="SqliteException">The database refuses the row.</exception>
    public bool Add(T row)
    {
        for (var at = 0; at < _values.Length; at++)
        {
            var value = _values[at](row);
            if (value is byte[] || !Equals(value, _bound[at]))
            {
                _statement.Bind(at + 1, value);
                _bound[at] = value;
            }
        }

        return _statement.Run() > 0;
    }

    public void Dispose() => _statement.Dispose();

    private static string List(IEnumerable<IProperty> columns, Func<IProperty, string> text) => string.Join(", ", columns.Select(text));

    private static Func<object, object?> ValueOf(IProperty property)
    {
        var getter = property.GetGetter();
        return property.GetRelationalTypeMapping().Converter is { } converter ? row => converter.ConvertToProvider(getter.GetClrValue(row)) : getter.GetClrValue;
    }
}

/// <summary>What becomes of a row whose key is there already: the database refuses it, it takes the place of that one, to which other rows go on to refer, or that one stays.</summary>
public enum SameKey { Refused, Replaced, Kept }
