using Contracts.Live;

namespace Infrastructure.Live;

/// <summary>Where nobody could watch.</summary>
internal sealed class NoNotices : ILiveNotices
{
    public void Note(string tenant, string feed, string key, bool isRegrouped = false)
    {
        // Nobody watches.
    }
}
