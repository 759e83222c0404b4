using Infrastructure.Hosting;
using SQLitePCL;

namespace Infrastructure.Storage.Sqlite;

/// <summary>The SQLite library that ships with the program.</summary>
internal static class SqliteLibrary
{
    /// <summary>3.51.3: earlier versions can corrupt a file that two connections checkpoint at once.</summary>
    /// <remarks>https://sqlite.org/wal.html, "The WAL-Reset Bug".</remarks>
    public const int MinVersion = 3_051_003;

    private static readonly Lazy<int> Loaded = new(() =>
    {
        Batteries_V2.Init();
        return raw.sqlite3_libversion_number();
    });

    /// <summary>In SQLite's own numbering: 3.51.3 is 3051003.</summary>
    public static int Version => Loaded.Value;

    /// <summary>Must be called before the first file is opened.</summary>
    /// <exception cref="StartupException">The library is too old, for example because another one was put in its place.</exception>
    public static void Check() => Check(Version);

    internal static void Check(int version)
    {
        if (version < MinVersion)
        {
            throw new StartupException(
                $"SQLite {Text(version)} was loaded, which can damage data files: it must be {Text(MinVersion)} or newer. "
                + "Use the e_sqlite3 library that comes with the program.");
        }
    }

    private static string Text(int version) =>
        FormattableString.Invariant($"{version / 1_000_000}.{version / 1_000 % 1_000}.{version % 1_000}");
}
