using Contracts.Live;

namespace Infrastructure.Live;

/// <summary>Where nobody could watch.</summary>
internal sealed class NoNotices : ILiveNotices
{
    public void Note(string tenant, string feed, string key, IReadOnlyCollection<string>? left = null)
    {
        // Nobody watches.
    }

    public void NoteAll(string tenant, string feed)
    {
        // Nobody watches.
    }
}
