using System.Text;
using Contracts.Common;
using Contracts.Timers;

namespace Infrastructure.Timers.Common;

/// <summary>An outcome as journals keep it. Fields are added at the end only, under a higher version.</summary>
internal static class OutcomeRecord
{
    /// <summary>Maximum size: the largest error and answer that are kept, and whatever else there is.</summary>
    public const int MaxBytes = (4 * AttemptRecord.KeptErrorCharacters) + AttemptRecord.KeptResponseBytes + (4 * Tenant.MaxLength) + 256;

    private const byte Version = 1;
    private const int NoStatus = -1;

    public static void Write(BinaryWriter to, AttemptOutcome outcome)
    {
        var attempt = outcome.Attempt;
        to.Write(Version);
        to.Write(outcome.Key.ToByteArray());
        to.Write(outcome.Token.Value);
        to.Write(outcome.State.ToString());
        to.Write(outcome.NextAt.UtcTicks);
        to.Write(outcome.Tenant);
        to.Write(attempt.Occurrence);
        to.Write(attempt.Number);
        to.Write(attempt.StartedAt.UtcTicks);
        to.Write(attempt.Latency.Ticks);
        to.Write(attempt.Lateness.Ticks);
        to.Write(attempt.Status ?? NoStatus);
        to.Write(attempt.Error is not null);
        to.Write(attempt.Error ?? string.Empty);
        to.Write(attempt.Response.Length);
        to.Write(attempt.Response.Span);
    }

    /// <summary>Of what a later release wrote, this release reads what it knows: a webhook that was answered is not sent again.</summary>
    /// <exception cref="IOException">It is none.</exception>
    public static AttemptOutcome Read(byte[] record)
    {
        using var from = new BinaryReader(new MemoryStream(record), Encoding.UTF8);
        if (from.ReadByte() == 0)
        {
            throw new IOException("A record of outcomes has no version.");
        }

        var key = new Guid(from.ReadBytes(16));
        var token = new ClaimToken(from.ReadInt64());
        var state = Enum.Parse<TimerState>(from.ReadString());
        var nextAt = ReadInstant(from);
        var tenant = from.ReadString();
        var attempt = new AttemptRecord
        {
            Occurrence = from.ReadInt32(),
            Number = from.ReadInt32(),
            StartedAt = ReadInstant(from),
            Latency = TimeSpan.FromTicks(from.ReadInt64()),
            Lateness = TimeSpan.FromTicks(from.ReadInt64()),
            Status = from.ReadInt32() is var status && status == NoStatus ? null : status,
            Error = ReadText(from),
            Response = from.ReadBytes(from.ReadInt32()),
        };
        return new AttemptOutcome(key, token, attempt, state, nextAt) { Tenant = tenant };
    }

    private static string? ReadText(BinaryReader from)
    {
        var isThere = from.ReadBoolean();
        var text = from.ReadString();
        return isThere ? text : null;
    }

    private static DateTimeOffset ReadInstant(BinaryReader from) => new(from.ReadInt64(), TimeSpan.Zero);
}
