using Contracts.Schedules;

namespace Tests.Contracts.Schedules;

/// <summary>What a schedule has to do in a zone, from stretches of one offset each: written without the schedules' code.</summary>
/// <param name="stretches">In order, without holes.</param>
internal sealed class ReferenceZone(IReadOnlyList<(DateTime Start, DateTime End, TimeSpan Offset)> stretches)
{
    /// <summary>The instants of local times.</summary>
    public IEnumerable<DateTime> Instants(IEnumerable<DateTime> locals, GapRule gap, FoldRule fold) =>
        locals.SelectMany(local => Instants(local, gap, fold)).Distinct().Order();

    private IEnumerable<DateTime> Instants(DateTime local, GapRule gap, FoldRule fold)
    {
        var found = new List<DateTime>();
        foreach (var (index, stretch) in stretches.Index())
        {
            if (local - stretch.Offset is var at && at >= stretch.Start && at < stretch.End)
            {
                found.Add(at);
            }
            else if (index > 0 && stretches[index - 1] is var before
                && local >= stretch.Start + before.Offset && local < stretch.Start + stretch.Offset)
            {
                return gap == GapRule.Shift ? [local - before.Offset] : [];
            }
        }

        return fold == FoldRule.Both ? found : found.Take(1);
    }
}
