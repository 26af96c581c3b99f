using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace ScoutDashboard.Data;

/// <summary>
/// Inserts many rows of one table by one prepared statement, within the context's transaction: for tables of hundreds of thousands of rows, where tracking each
/// costs more than storing it. Values go through the model's own mapping; keys that the database makes are not read back.
/// </summary>
internal sealed class RowInsert<T> : IAsyncDisposable
    where T : class
{
    private readonly DbCommand _command;
    private readonly Column[] _columns;

    public RowInsert(ScoutDb db)
    {
        var entity = db.Model.FindEntityType(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T).Name} is no row of the schema.");
        var table = StoreObjectIdentifier.Create(entity, StoreObjectType.Table)!.Value;
        var sql = db.GetService<ISqlGenerationHelper>();
        _command = db.Database.GetDbConnection().CreateCommand();
        _command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        _columns = [.. entity.GetProperties().Where(property => !property.IsPrimaryKey() || property.ValueGenerated == ValueGenerated.Never)
            .Select((property, at) => Column.Of(property, property.GetColumnName(table)!, _command, $"@p{at}"))];
        _command.CommandText = $"INSERT INTO {sql.DelimitIdentifier(table.Name, table.Schema)} ({string.Join(", ", _columns.Select(column => sql.DelimitIdentifier(column.Name)))}) VALUES ({string.Join(", ", _columns.Select(column => column.Parameter.ParameterName))})";
    }

    public async Task AddAsync(T row, CancellationToken cancellationToken)
    {
        foreach (var column in _columns)
        {
            column.Set(row);
        }

        await _command.ExecuteNonQueryAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _command.DisposeAsync();

    private sealed record Column(string Name, DbParameter Parameter, Func<object, object?> Value)
    {
        public static Column Of(IProperty property, string name, DbCommand command, string parameterName)
        {
            var mapping = property.GetRelationalTypeMapping();
            var parameter = mapping.CreateParameter(command, parameterName, null, property.IsNullable);
            command.Parameters.Add(parameter);
            var getter = property.GetGetter();
            return new Column(name, parameter, mapping.Converter is { } converter ? row => converter.ConvertToProvider(getter.GetClrValue(row)) : getter.GetClrValue);
        }

        public void Set(T row) => Parameter.Value = Value(row) ?? DBNull.Value;
    }
}
