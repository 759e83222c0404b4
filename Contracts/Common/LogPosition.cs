using System.Globalization;
using System.Runtime.InteropServices;

namespace Contracts.Common;

/// <summary>A message's position on its log; no two messages ever have the same one.</summary>
/// <param name="Epoch">The log's incarnation: Kafka's id of the topic, embedded the data file's. A recreated one has another.</param>
/// <param name="Partition">From 0; embedded always 0.</param>
/// <param name="Offset">From 0, growing within the partition; there may be gaps.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LogPosition(Guid Epoch, int Partition, long Offset)
{
    /// <summary>No position, as for messages from a log without offsets (RabbitMQ).</summary>
    public static LogPosition None => default;

    /// <summary>False for <see cref="None"/>.</summary>
    public bool IsKnown => Epoch != Guid.Empty;

    /// <summary>Reads what <see cref="ToString"/> wrote of a known position.</summary>
    public static bool TryParse(string text, out LogPosition position)
    {
        position = default;
        var parts = text.Split('/');
        if (parts.Length != 3 || !Guid.TryParseExact(parts[0], "N", out var epoch) || epoch == Guid.Empty
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
        {
            return false;
        }

        position = new LogPosition(epoch, partition, offset);
        return true;
    }

    /// <inheritdoc />
    public override string ToString() =>
        IsKnown ? string.Create(CultureInfo.InvariantCulture, $"{Epoch:N}/{Partition}/{Offset}") : "unknown";
}
