using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace IMDD.Relational;

/// <summary>Statements that EF Core cannot write (upserts, RETURNING), in the dialect common to both databases, on the context's transaction.</summary>
public static class Sql
{
    /// <summary>Runs a statement whose parameters are <c>{0}</c>, <c>{1}</c>, …; the number of rows it changed.</summary>
    public static int Execute(DbContext context, string sql, IReadOnlyList<object?> parameters)
    {
        using var command = Command(context, sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>Runs a statement that returns rows.</summary>
    public static List<object?[]> Query(DbContext context, string sql, IReadOnlyList<object?> parameters)
    {
        using var command = Command(context, sql, parameters);
        using var reader = command.ExecuteReader();
        List<object?[]> rows = [];
        while (reader.Read())
        {
            var row = new object?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
            }

            rows.Add(row);
        }

        return rows;
    }

    /// <summary><c>({0}, {1}), ({2}, {3})</c> for two rows of two columns.</summary>
    public static string Values(int rows, int columns)
    {
        StringBuilder text = new();
        for (var i = 0; i < rows * columns; i++)
        {
            text.Append(i % columns > 0 ? ", " : i > 0 ? "), (" : "(").Append(CultureInfo.InvariantCulture, $"{{{i}}}");
        }

        return text.Append(')').ToString();
    }

    private static DbCommand Command(DbContext context, string sql, IReadOnlyList<object?> parameters)
    {
        var connection = context.Database.GetDbConnection();
        if (connection.State != ConnectionState.Open)
        {
            context.Database.OpenConnection();
        }

        var command = connection.CreateCommand();
        command.Transaction = context.Database.CurrentTransaction?.GetDbTransaction();
        var text = sql;
        if (parameters.Count > 0)
        {
            var names = new object[parameters.Count];
            for (var i = 0; i < parameters.Count; i++)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = $"@p{i}";
                names[i] = parameter.ParameterName;
                parameter.Value = parameters[i] ?? DBNull.Value;
                command.Parameters.Add(parameter);
            }

            text = string.Format(CultureInfo.InvariantCulture, sql, names);
        }

        command.CommandText = text;
        return command;
    }
}
