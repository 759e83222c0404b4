using Contracts.Storage;
using Infrastructure.Hosting;

namespace Infrastructure.Storage.Sqlite;

/// <summary>Whether a file is whole, can be read and, judging by recent writes, written.</summary>
internal sealed class SqliteReadiness(SqliteFile file) : ReadinessCheck
{
    protected override async Task<string?> FindFaultAsync(CancellationToken cancellationToken)
    {
        try
        {
            await file.ReadAsync(
                static connection =>
                {
                    var statement = connection.Statement("SELECT count(*) FROM sqlite_schema");
                    statement.Step();
                    statement.Reset();
                    return true;
                },
                cancellationToken);
            return file.Fault;
        }
        catch (StoreUnavailableException unavailable)
        {
            return file.Fault ?? unavailable.Message;
        }
    }
}
