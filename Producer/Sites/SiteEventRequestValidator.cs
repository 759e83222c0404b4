using Contracts.Sites;
using Contracts.Storage;
using Infrastructure.Sites;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Sites;

/// <summary>The rules for one event.</summary>
internal sealed class SiteEventRequestValidator : FieldValidator<SiteEventRequest>
{
    public SiteEventRequestValidator(IStoreClock clock, IOptions<SiteOptions> options)
    {
        Check(request => request.Site, SiteRules.SiteProblem);
        Check(request => request.Type, type => SiteRules.Required(type, SiteLimits.MaxType));
        Check(request => request.Path, path => SiteRules.Required(path, SiteLimits.MaxPath));
        Check(request => request.User, user => EventRules.TextProblem(user, 1, SiteLimits.MaxUser));
        Check(request => request.Timestamp, at =>
            at is { } instant ? EventRules.InstantProblem(instant, clock.Latest, options.Value.Retention) : null);
        Check(request => request.EventId, id => EventRules.TextProblem(id, 1, EventIds.MaxLength));
        Check(request => request.Referrer, referrer => EventRules.TextProblem(referrer, 1, SiteLimits.MaxReferrer));
        CheckParts(request => request.Utm, SiteRules.UtmProblems);
        CheckParts(request => request.Properties, SiteRules.PropertyProblems);
        Check(request => request.Address, SiteRules.AddressProblem);
        Check(request => request.UserAgent, agent => EventRules.TextProblem(agent, 1, SiteLimits.MaxUserAgent));
    }
}
