using Contracts.Common;
using Contracts.Messaging;

namespace Consumer.Events;

/// <summary>Takes what is erased out of dead letters, too, open and replayed ones: their contents are what was sent.</summary>
/// <remarks>Letters are few, and erasures rare: all letters of the topic are looked at, without their contents.</remarks>
internal sealed class DeadLetterErasure(IDeadLetterStore letters)
{
    private const int PageSize = 1_000;

    /// <summary>Erases what came before an erasure.</summary>
    /// <param name="erasure">The erasure, whose position decides which letters came before it.</param>
    /// <param name="topic">The topic of the letters.</param>
    /// <param name="key">The key that all of these messages have; null for letters of any key.</param>
    /// <param name="strip">
    /// What is left of a letter: null for nothing, itself if there is nothing in it to be erased, else a copy with another content.
    /// </param>
    /// <param name="cancellationToken">Stops it; the erasure comes again.</param>
    public async Task EraseAsync<TMessage>(
        Received<TMessage> erasure, string topic, string? key, Func<DeadLetter, DeadLetter?> strip, CancellationToken cancellationToken)
    {
        var query = new DeadLetterQuery { Tenant = erasure.Tenant, Topic = topic, Limit = PageSize };
        do
        {
            var page = await letters.ListAsync(query, cancellationToken);
            foreach (var letter in page.Items.Where(
                letter => (key is null || letter.Key == key) && IsBefore(letter.Position, erasure.Source)))
            {
                await StripAsync(letter, strip, cancellationToken);
            }

            query = query with { Cursor = page.Next };
        }
        while (query.Cursor is not null);
    }

    /// <summary>Letters of other logs came before: of a former log nothing comes any more.</summary>
    private static bool IsBefore(LogPosition letter, LogPosition erasure) =>
        letter.Epoch != erasure.Epoch || letter.Partition != erasure.Partition || letter.Offset < erasure.Offset;

    private async Task StripAsync(DeadLetter listed, Func<DeadLetter, DeadLetter?> strip, CancellationToken cancellationToken)
    {
        while (await letters.FindAsync(listed.Tenant, listed.Id, cancellationToken) is { } letter)
        {
            // False if somebody has changed it meanwhile: it is looked at again, as it is now.
            var left = strip(letter);
            if (ReferenceEquals(left, letter)
                || (left is null ? await letters.TryDeleteAsync(letter, cancellationToken)
                    : await letters.TryReplaceAsync(letter, left with { Version = letter.Version + 1 }, cancellationToken)))
            {
                return;
            }
        }
    }
}
