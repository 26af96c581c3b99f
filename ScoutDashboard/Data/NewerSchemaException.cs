namespace ScoutDashboard.Data;

/// <summary>A newer version has changed the database: this one would not understand what is in it, so it must not touch it. The message is the whole text to show.</summary>
public sealed class NewerSchemaException(string migration) : Exception(
    $"The database was changed by a newer version of ScoutDashboard ({migration} is not known here), so this version does not touch it. Start that version or a newer one, or restore a back-up made before the update.");
