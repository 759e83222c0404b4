using Contracts.Sites;
using Contracts.Storage;
using Infrastructure.Sites;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Sites;

/// <summary>The rules for an event of the first site service, under the names that it gave to fields.</summary>
internal sealed class SeedEventValidator : FieldValidator<SiteEventRequest>
{
    public SeedEventValidator(IStoreClock clock, IOptions<SiteOptions> options)
    {
        Named("site_id", request => SiteRules.SiteProblem(request.Site));
        Named("event_type", request => SiteRules.Required(request.Type, SiteLimits.MaxType));
        Named("path", request => SiteRules.Required(request.Path, SiteLimits.MaxPath));
        Named("user_id", request => EventRules.TextProblem(request.User, 1, SiteLimits.MaxUser));
        Named("timestamp", request => request.Timestamp is { } at
            ? EventRules.InstantProblem(at, clock.Latest, options.Value.Retention) : null);
    }

    private void Named(string field, Func<SiteEventRequest, string?> problem) =>
        CheckParts(request => request, request => problem(request) is { } reason ? [(field, reason)] : []);
}
