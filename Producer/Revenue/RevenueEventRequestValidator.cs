using Contracts.Storage;
using Infrastructure.Revenue;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Revenue;

/// <summary>The rules for one event. What its name means was looked up before.</summary>
internal sealed class RevenueEventRequestValidator : FieldValidator<RevenueEventRequest>
{
    public RevenueEventRequestValidator(IStoreClock clock, IOptions<RevenueOptions> options)
    {
        Check(request => request.User, RevenueRules.UserProblem);
        CheckParts(request => request, NameProblems);
        Check(request => request.Value, RevenueRules.ValueProblem);
        Check(request => request.Currency, RevenueRules.CurrencyProblem);
        Check(request => request.Timestamp, at => RevenueRules.TimestampProblem(at, clock, options));
        Check(request => request.EventId, id => EventRules.TextProblem(id, 1, EventIds.MaxLength));
        CheckParts(request => request, request => request.Type?.Schema?.Check(request, options.Value.Currency) ?? []);
    }

    private static IEnumerable<(string Field, string Reason)> NameProblems(RevenueEventRequest request)
    {
        if (RevenueRules.NameProblem(request.Name) is { } problem)
        {
            yield return ("name", problem);
        }
        else if (request.Type is null)
        {
            yield return ("name", "is neither add_revenue nor subtract_revenue, nor a registered name");
        }
    }
}
