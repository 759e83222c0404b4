using Contracts.Common;
using Contracts.Events;
using Contracts.Sites;

namespace Producer.Sites;

/// <summary>Tells the visitors of one request apart, each by the salt of the day that they were there.</summary>
/// <remarks>
/// Yesterday's salt is asked for once for each request and not kept, or it would outlive its day. Where a day has no salt any more, a
/// visitor is recognised by that of the request's day together with the day when they were there: what is sent late counts where it
/// belongs, but nobody can say whether the visitor was counted there before.
/// </remarks>
internal sealed class VisitorHasher(DailySalt salts, EventStamp stamp)
{
    private readonly DateOnly today = DateOnly.FromDateTime(stamp.ReceivedAt.UtcDateTime);
    private (bool IsAsked, byte[]? Salt) yesterday;

    /// <summary>The hash of a visitor without a user.</summary>
    /// <param name="at">When they were there, in 100 ns since 1970.</param>
    /// <param name="site">The site's id: on another one they are somebody else.</param>
    /// <param name="address">What of their address may be recorded.</param>
    /// <param name="userAgent">How their browser names itself.</param>
    /// <param name="cancellationToken">Cancelled when the client has gone away.</param>
    public async ValueTask<long> HashAsync(
        long at, string site, string? address, string? userAgent, CancellationToken cancellationToken)
    {
        var day = DateOnly.FromDateTime(TickTime.ToInstant(at).UtcDateTime);
        if (day >= today)
        {
            return VisitorHash.OfAnonymous(await salts.FindAsync(today, day, cancellationToken), site, address, userAgent);
        }

        if (day == today.AddDays(-1) && !yesterday.IsAsked)
        {
            yesterday = (true, await salts.FindFormerAsync(day, cancellationToken));
        }

        return day == today.AddDays(-1) && yesterday.Salt is { } salt
            ? VisitorHash.OfAnonymous(salt, site, address, userAgent)
            : VisitorHash.OfAnonymous(await salts.FindAsync(today, today, cancellationToken), site, address, userAgent, day);
    }
}
