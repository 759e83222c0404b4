using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Infrastructure.Hosting;

namespace Infrastructure.Messaging.Kafka;

/// <summary>Asks librdkafka what properties it knows, which its .NET client does not offer.</summary>
internal static unsafe class NativeKafka
{
    /// <summary>
    /// The client's own order (Confluent.Kafka's Librdkafka.LoadLinuxDelegates): the library to be asked is the one that the client
    /// uses. Of the package's two for glibc the plain one wants libsasl2.so.3, which Debian does not have, and the other does without.
    /// </summary>
    private static readonly string[] Names = RuntimeInformation.OSDescription.StartsWith("Alpine", StringComparison.OrdinalIgnoreCase)
        ? ["alpine-librdkafka"]
        : ["librdkafka", "centos8-librdkafka"];

    private static readonly Lazy<nint> Opened = new(Open);

    /// <summary>librdkafka's verdict on a property.</summary>
    public enum Verdict
    {
        /// <summary>Can be set.</summary>
        Fine,

        /// <summary>There is no such property.</summary>
        UnknownName,

        /// <summary>The property exists, but not with this value.</summary>
        InvalidValue,
    }

    /// <summary>Tries a property on a configuration that is thrown away.</summary>
    /// <exception cref="StartupException">librdkafka cannot be loaded here.</exception>
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
        try
        {
            Library.Load();
        }
        catch (Exception error) when (error is DllNotFoundException or FileLoadException or InvalidOperationException)
        {
            throw Unusable(error);
        }

        foreach (var name in Names)
        {
            if (NativeLibrary.TryLoad(name, typeof(Library).Assembly, searchPath: null, out var library))
            {
                return library;
            }
        }

        throw Unusable(inner: null);
    }

    private static StartupException Unusable(Exception? inner) => new(
        $"Kafka's client cannot be used: librdkafka, which comes with the program, does not load on {RuntimeInformation.OSDescription} "
        + $"({RuntimeInformation.RuntimeIdentifier}). It is made for Linux with glibc 2.28 or newer, Alpine, macOS and Windows.",
        inner);
}
