using System.Runtime.InteropServices;
using Infrastructure.Hosting;

namespace Infrastructure.Storage.Mongo.Driver;

/// <summary>A parsed connection string. What it does not say about time-outs is filled in.</summary>
internal sealed class MongoUri : IDisposable
{
    private const string DefaultDatabase = "timers";
    private const int ReachMilliseconds = 2_000;

    private nint handle;

    /// <param name="text">As the operator wrote it, <c>mongodb://</c> or <c>mongodb+srv://</c>.</param>
    /// <param name="operationTimeout">Longest wait for one reply.</param>
    /// <exception cref="StartupException">It cannot be read; the reason never tells the password.</exception>
    public MongoUri(string text, TimeSpan operationTimeout)
    {
        MongoLibrary.EnsureLoaded();
        using var error = new NativeError();
        handle = MongoLibrary.mongoc_uri_new_with_error(text, error.Address);
        if (handle == 0)
        {
            throw new StartupException($"ConnectionStrings:MongoDb cannot be read: {Conceal(error.Message, text)}");
        }

        Database = Marshal.PtrToStringUTF8(MongoLibrary.mongoc_uri_get_database(handle)) is { Length: > 0 } named ? named : DefaultDatabase;
        SetDefault("serverselectiontimeoutms", ReachMilliseconds);
        SetDefault("connecttimeoutms", ReachMilliseconds);
        SetDefault("sockettimeoutms", (int)operationTimeout.TotalMilliseconds);
        ReadFromPrimary();
    }

    public string Database { get; }

    public nint Handle => handle;

    public void Dispose()
    {
        if (handle != 0)
        {
            MongoLibrary.mongoc_uri_destroy(handle);
            handle = 0;
        }
    }

    /// <summary>The reason without anything that stands between the scheme and the last @, or after a colon in it.</summary>
    internal static string Conceal(string reason, string uri)
    {
        var start = uri.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = uri.LastIndexOf('@');
        if (start < 3 || end <= start)
        {
            return reason;
        }

        var secret = uri[start..end];
        var parts = secret.Split(':', '@', '/', '?', '&', '=');
        foreach (var part in parts.Append(secret).Append(secret[(secret.IndexOf(':', StringComparison.Ordinal) + 1)..]).OrderByDescending(part => part.Length))
        {
            if (part.Length > 0 && reason.Contains(part, StringComparison.Ordinal))
            {
                reason = part.Length > 2 ? reason.Replace(part, "***", StringComparison.Ordinal) : "it is not a connection string of MongoDB.";
            }
        }

        return reason;
    }

    /// <summary>Whatever the address prefers: a secondary lags behind, and would not know of a claim, or of a timer, that was just acknowledged.</summary>
    private void ReadFromPrimary()
    {
        var primary = MongoLibrary.mongoc_read_prefs_new(MongoLibrary.PrimaryOnly);
        MongoLibrary.mongoc_uri_set_read_prefs_t(handle, primary);
        MongoLibrary.mongoc_read_prefs_destroy(primary);
    }

    private void SetDefault(string name, int value)
    {
        if (!MongoLibrary.mongoc_uri_has_option(handle, name))
        {
            MongoLibrary.mongoc_uri_set_option_as_int32(handle, name, value);
        }
    }
}
