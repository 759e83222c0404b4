using Contracts.Timers;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Timers;

/// <summary>Turns the id in a path into the address of the tenant's timer.</summary>
internal static class TimerPath
{
    /// <returns>Null if the id is valid; otherwise the response.</returns>
    public static ProblemHttpResult? Parse(HttpContext context, string id, out TimerAddress address)
    {
        address = default;
        if (TimerRules.IdProblem(id) is { } reason)
        {
            return Problems.Invalid("id", reason);
        }

        var tenant = context.Tenant();
        address = new TimerAddress(tenant, TimerKey.FromId(tenant, id));
        return null;
    }
}
