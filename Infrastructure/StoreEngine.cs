namespace Infrastructure;

/// <summary>The engine that stores data.</summary>
public enum StoreEngine
{
    /// <summary>A SQLite file for each slice, in the data folder.</summary>
    Sqlite,

    /// <summary>MongoDB.</summary>
    MongoDb,
}
