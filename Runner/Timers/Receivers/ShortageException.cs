namespace Runner.Timers.Receivers;

/// <summary>This process lacks something that sending needs. Nothing was sent, and the receiver is not to blame.</summary>
internal sealed class ShortageException(Shortage shortage) : Exception($"This process is short of {Shortages.NameOf(shortage)}.")
{
    public Shortage Shortage => shortage;
}
