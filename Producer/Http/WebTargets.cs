using Infrastructure.Targets;

namespace Producer.Http;

/// <summary>Addresses that webhooks may go to: <see cref="WebAddress"/> knows how they are spelt, the policy where they may lead.</summary>
internal sealed class WebTargets(TargetPolicy policy)
{
    // Most clients repeat one address.
    private volatile string? latest;

    /// <summary>Why an address is not valid; null if it is.</summary>
    public string? Problem(string? url)
    {
        if (url is null || url == latest)
        {
            return null;
        }

        if (WebAddress.Problem(url) is { } problem)
        {
            return problem;
        }

        if (!policy.MayName(WebAddress.Target(url)))
        {
            return TargetPolicy.Reason;
        }

        latest = url;
        return null;
    }
}
