using System.Reflection;
using System.Runtime.InteropServices;
using Infrastructure.Hosting;

namespace Infrastructure.Storage.Mongo.Driver;

/// <summary>The functions of MongoDB's C driver that are used (libmongoc and libbson 1.23 or later, also 2).</summary>
/// <remarks>Documents (<c>bson_t</c>) are 128 bytes, aligned to 128; errors are a domain, a code and a text of 504 bytes.</remarks>
internal static partial class MongoLibrary
{
    public const int DocumentBytes = 128;
    public const int ErrorBytes = 512;
    public const int PrimaryOnly = 1;

    private const string Mongoc = "mongoc";
    private const string Bson = "bson";

    private static readonly string[] MongocNames = ["libmongoc-1.0.so.0", "libmongoc2.so.2"];
    private static readonly string[] BsonNames = ["libbson-1.0.so.0", "libbson2.so.2"];

    private static readonly Lazy<string?> Missing = new(Load);

    /// <summary>Loads the library, once a process.</summary>
    /// <exception cref="StartupException">It is not installed.</exception>
    public static void EnsureLoaded()
    {
        if (Missing.Value is { } reason)
        {
            throw new StartupException($"MongoDB's C driver is missing: install libmongoc-1.0-0. {reason}");
        }
    }

    private static string? Load()
    {
        NativeLibrary.SetDllImportResolver(typeof(MongoLibrary).Assembly, Resolve);
        try
        {
            mongoc_init();

            // What goes wrong is told in exceptions; the library would write it to the console as well.
            mongoc_log_set_handler(0, 0);
            return null;
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            return error.Message;
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        // Both of one release: 1.x and 2 lay out their structures differently.
        for (var release = 0; release < MongocNames.Length && name is Mongoc or Bson; release++)
        {
            if (NativeLibrary.TryLoad(BsonNames[release], out var bson) && NativeLibrary.TryLoad(MongocNames[release], out var mongoc))
            {
                return name == Mongoc ? mongoc : bson;
            }
        }

        return 0;
    }

    [LibraryImport(Mongoc)]
    private static partial void mongoc_init();

    [LibraryImport(Mongoc)]
    private static partial void mongoc_log_set_handler(nint handler, nint data);

    [LibraryImport(Mongoc, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint mongoc_uri_new_with_error(string uri, nint error);

    [LibraryImport(Mongoc)]
    internal static partial nint mongoc_uri_get_database(nint uri);

    [LibraryImport(Mongoc, StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool mongoc_uri_has_option(nint uri, string name);

    [LibraryImport(Mongoc, StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool mongoc_uri_set_option_as_int32(nint uri, string name, int value);

    [LibraryImport(Mongoc)]
    internal static partial nint mongoc_read_prefs_new(int mode);

    [LibraryImport(Mongoc)]
    internal static partial void mongoc_read_prefs_destroy(nint preferences);

    [LibraryImport(Mongoc)]
    internal static partial void mongoc_uri_set_read_prefs_t(nint uri, nint preferences);

    [LibraryImport(Mongoc)]
    internal static partial void mongoc_uri_destroy(nint uri);

    [LibraryImport(Mongoc)]
    internal static partial nint mongoc_client_pool_new_with_error(nint uri, nint error);

    [LibraryImport(Mongoc)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool mongoc_client_pool_set_error_api(nint pool, int version);

    [LibraryImport(Mongoc)]
    internal static partial void mongoc_client_pool_max_size(nint pool, uint size);

    [LibraryImport(Mongoc)]
    internal static partial nint mongoc_client_pool_pop(nint pool);

    [LibraryImport(Mongoc)]
    internal static partial void mongoc_client_pool_push(nint pool, nint client);

    [LibraryImport(Mongoc)]
    internal static partial void mongoc_client_pool_destroy(nint pool);

    [LibraryImport(Mongoc, StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool mongoc_client_read_command_with_opts(
        nint client, string database, nint command, nint readPreferences, nint options, nint reply, nint error);

    [LibraryImport(Mongoc, StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool mongoc_client_write_command_with_opts(
        nint client, string database, nint command, nint options, nint reply, nint error);

    [LibraryImport(Mongoc, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint mongoc_client_get_collection(nint client, string database, string collection);

    [LibraryImport(Mongoc)]
    internal static partial void mongoc_collection_destroy(nint collection);

    [LibraryImport(Mongoc)]
    internal static partial nint mongoc_collection_find_with_opts(nint collection, nint filter, nint options, nint readPreferences);

    [LibraryImport(Mongoc)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool mongoc_cursor_next(nint cursor, out nint document);

    [LibraryImport(Mongoc)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool mongoc_cursor_error(nint cursor, nint error);

    [LibraryImport(Mongoc)]
    internal static partial void mongoc_cursor_destroy(nint cursor);

    [LibraryImport(Bson)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool bson_init_static(nint document, nint data, nuint length);

    [LibraryImport(Bson)]
    internal static partial nint bson_get_data(nint document);

    [LibraryImport(Bson)]
    internal static partial void bson_destroy(nint document);
}
