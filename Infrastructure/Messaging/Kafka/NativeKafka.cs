using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Infrastructure.Hosting;

namespace Infrastructure.Messaging.Kafka;

/// <summary>The system's librdkafka: found for the .NET client, and asked what properties it knows.</summary>
internal static unsafe class NativeKafka
{
    private const string ClientsName = "librdkafka";
    private static readonly string[] Files = ["librdkafka.so.1", "librdkafka.1.dylib", "librdkafka"];
    private static readonly Lazy<nint> Opened = new(Open);

    /// <summary>What librdkafka says to a property.</summary>
    public enum Verdict
    {
        /// <summary>Can be set.</summary>
        Fine,

        /// <summary>There is no such property.</summary>
        UnknownName,

        /// <summary>There is, but not with this value.</summary>
        InvalidValue,
    }

    /// <summary>To be called before the first client is made.</summary>
    /// <exception cref="StartupException">It is not installed.</exception>
    public static void Load() => _ = Opened.Value;

    /// <summary>Tries a property on a configuration that is thrown away.</summary>
    public static Verdict Check(string name, string value)
    {
        var create = (delegate* unmanaged<nint>)NativeLibrary.GetExport(Opened.Value, "rd_kafka_conf_new");
        var set = (delegate* unmanaged<nint, byte*, byte*, byte*, nuint, int>)NativeLibrary.GetExport(Opened.Value, "rd_kafka_conf_set");
        var destroy = (delegate* unmanaged<nint, void>)NativeLibrary.GetExport(Opened.Value, "rd_kafka_conf_destroy");
        var configuration = create();
        try
        {
            // The reason is left aside: it repeats the value.
            var reason = stackalloc byte[512];
            fixed (byte* nameBytes = Terminated(name), valueBytes = Terminated(value))
            {
                return set(configuration, nameBytes, valueBytes, reason, 512) switch
                {
                    0 => Verdict.Fine,
                    -2 => Verdict.UnknownName,
                    _ => Verdict.InvalidValue,
                };
            }
        }
        finally
        {
            destroy(configuration);
        }
    }

    private static byte[] Terminated(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private static nint Open()
    {
        foreach (var file in Files)
        {
            if (NativeLibrary.TryLoad(file, out var library))
            {
                NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, Resolve);
                return library;
            }
        }

        throw new StartupException("Kafka needs librdkafka, which is not installed. On Debian and Ubuntu: apt-get install librdkafka1");
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name.Contains(ClientsName, StringComparison.Ordinal) ? Opened.Value : 0;
}
