namespace Standalone;

/// <summary>Names this program's assembly to those who host or start it.</summary>
public sealed class StandaloneMarker;
