using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Contracts.Common;

namespace Contracts.Messaging;

/// <summary>A message that could not be applied, kept until somebody replays or deletes it.</summary>
public sealed record DeadLetter
{
    /// <summary>Maximum length of <see cref="Reason"/>, in characters.</summary>
    public const int MaxReasonCharacters = 1_000;

    /// <summary>Its id; <see cref="IdOf"/> its topic and position if these are known.</summary>
    public required string Id { get; init; }

    /// <summary>The tenant that sent it.</summary>
    public string Tenant { get; init; } = Common.Tenant.Default;

    /// <summary>The topic that it came from.</summary>
    public required string Topic { get; init; }

    /// <summary>The message's type; empty when it had none.</summary>
    public string Type { get; init; } = string.Empty;

    /// <summary>Its key; empty when it had none.</summary>
    public string Key { get; init; } = string.Empty;

    /// <summary>Its bytes; after an edit, the new ones.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>Its first position; a replay carries it, so that its effects count once.</summary>
    public LogPosition Position { get; init; }

    /// <summary>Why it could not be applied, the last time.</summary>
    public required string Reason { get; init; }

    /// <summary>The class of the exception behind it.</summary>
    public string Exception { get; init; } = string.Empty;

    /// <summary>When it last could not be applied, UTC.</summary>
    public required DateTimeOffset DiedAt { get; init; }

    /// <summary>Open, or replayed.</summary>
    public DeadLetterState State { get; init; }

    /// <summary>How often it was replayed.</summary>
    public int Replays { get; init; }

    /// <summary>Grows with every change; the ETag.</summary>
    public long Version { get; init; } = 1;

    /// <summary>The id of a letter at a position: the same however often the message dies.</summary>
    /// <returns>
    /// 32 hexadecimal digits: the first 128 bits of SHA-256 over topic and position; random where the position is not known.
    /// </returns>
    public static string IdOf(string topic, LogPosition position)
    {
        if (!position.IsKnown)
        {
            return Guid.CreateVersion7().ToString("N");
        }

        var text = string.Create(CultureInfo.InvariantCulture, $"{topic}\0{position}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
    }
}
