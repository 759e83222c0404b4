namespace Infrastructure.Items.Mongo;

/// <summary>What a document of counts covers. The numbers are part of keys.</summary>
internal enum MongoItemKind
{
    /// <summary>The milliseconds of a second; trimmed.</summary>
    Second = 0,

    /// <summary>The seconds of a minute; trimmed.</summary>
    Minute = 1,

    /// <summary>The minutes of an hour.</summary>
    Hour = 2,

    /// <summary>The days of a month.</summary>
    Month = 3,
}
