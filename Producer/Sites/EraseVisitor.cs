using System.Globalization;
using Contracts.Sites;
using Contracts.Storage;
using Infrastructure.Sites;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Sites;

/// <summary>
/// DELETE /sites/{id}/users/{user}, /sites/{id}/users?user= and /sites/{id}/visitors/{visitor}: erases what one person did on a site.
/// </summary>
internal static class EraseVisitor
{
    private const string ByQuery =
        " Any user can be named in the query; in a path `.` and `..` cannot, and what passes requests on may change an escaped slash.";

    private const string Description =
        "Their events, with what these added to all numbers. 204 when that is done, 202 while it is still to be done. Events that were "
        + "accepted "
        + "before do not come back, even if they are sent again; later ones count.";

    public static void MapEraseVisitor(this IEndpointRouteBuilder sites)
    {
        Describe(sites.MapDelete("/{siteId}/users/{userId}", UserAsync), Description)
            .WithQuery()
            .WithName("eraseUser")
            .WithSummary("Erase a user of a site");
        Describe(sites.MapDelete("/{siteId}/users", NamedUserAsync), Description + ByQuery)
            .WithQuery("user")
            .WithName("eraseNamedUser")
            .WithSummary("Erase a user of a site, whatever their id");
        Describe(sites.MapDelete("/{siteId}/visitors/{visitorId}", VisitorAsync), Description)
            .WithQuery()
            .WithName("eraseVisitor")
            .WithSummary("Erase a visitor without a user");
    }

    /// <summary>A visitor's hash as texts have it.</summary>
    public static string TextOf(long visitor) => visitor.ToString("x16", CultureInfo.InvariantCulture);

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route, string description) => route
        .WithDescription(description)
        .Erases();

    private static Task<IResult> UserAsync(
        string siteId, string userId, HttpContext context, EventAcceptance<VisitorErased> acceptance, IStoreClock clock,
        IOptions<SiteOptions> options, CancellationToken cancellationToken)
    {
        var (errors, user) = (new FieldErrors(), PathText.Last(context, userId));
        if ((user is null ? "cannot be read from the path: name it by the parameter `user` of DELETE …/users"
            : EventRules.TextProblem(user, 1, SiteLimits.MaxUser)) is { } problem)
        {
            errors.Add("userId", problem);
        }

        return EraseAsync(siteId, user, null, errors, context, acceptance, clock, options, cancellationToken);
    }

    private static Task<IResult> NamedUserAsync(
        string siteId, string? user, HttpContext context, EventAcceptance<VisitorErased> acceptance, IStoreClock clock,
        IOptions<SiteOptions> options, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (SiteRules.Required(user, SiteLimits.MaxUser) is { } problem)
        {
            errors.Add("user", problem);
        }

        return EraseAsync(siteId, user, null, errors, context, acceptance, clock, options, cancellationToken);
    }

    private static Task<IResult> VisitorAsync(
        string siteId, string visitorId, HttpContext context, EventAcceptance<VisitorErased> acceptance, IStoreClock clock,
        IOptions<SiteOptions> options, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (visitorId.Length != 16
            || !long.TryParse(visitorId, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var visitor))
        {
            errors.Add("visitorId", "must be the 16 hexadecimal digits that an export names it by");
            visitor = 0;
        }

        return EraseAsync(siteId, null, visitor, errors, context, acceptance, clock, options, cancellationToken);
    }

    private static async Task<IResult> EraseAsync(
        string siteId, string? user, long? visitor, FieldErrors errors, HttpContext context, EventAcceptance<VisitorErased> acceptance,
        IStoreClock clock, IOptions<SiteOptions> options, CancellationToken cancellationToken)
    {
        var site = PathText.Unescape(siteId);
        if (SiteRules.SiteProblem(site) is { } problem)
        {
            errors.Add("siteId", problem);
        }

        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var message = new VisitorErased(site, EventStamps.Of(context, clock, options.Value.Address), user, visitor);
        return await EventErasure.AnswerAsync(context, acceptance, message, SiteTracker.KeyOf, options.Value.Deadline, cancellationToken);
    }
}
