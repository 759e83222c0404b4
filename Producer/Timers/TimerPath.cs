using Contracts.Timers;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Timers;

/// <summary>The id in a path, as the store's key.</summary>
internal static class TimerPath
{
    /// <returns>Null when it is an id; what to answer when it is not.</returns>
    public static ProblemHttpResult? Parse(string id, out Guid key)
    {
        key = default;
        if (TimerRules.IdProblem(id) is { } reason)
        {
            return Problems.Invalid("id", reason);
        }

        key = TimerKey.FromId(id);
        return null;
    }
}
