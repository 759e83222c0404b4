using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Tests.Support;

/// <summary>Files of SQLite in a folder for one test alone, deleted when it is disposed of.</summary>
internal sealed class SqliteFolder : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private DataFolder data;

    public SqliteFolder() => (data, Files) = Open();

    public SqliteFiles Files { get; private set; }

    /// <summary>Closes all files; stores that are made from now on open them anew.</summary>
    public void Reopen()
    {
        Close();
        (data, Files) = Open();
    }

    public void Dispose()
    {
        Close();
        folder.Dispose();
    }

    private (DataFolder Data, SqliteFiles Files) Open()
    {
        var opened = new DataFolder(Options.Create(new StorageOptions { Path = folder.Path }));
        return (opened, new SqliteFiles(opened, NullLogger<DamageReport>.Instance));
    }

    private void Close()
    {
        Files.Dispose();
        data.Dispose();
    }
}
