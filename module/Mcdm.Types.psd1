# Read by Mcdm.psm1, after it has given our types their names: the type file speaks of them. (Update-TypeData would load the module of utilities first, which takes longer than all else.)
@{
    ModuleVersion     = '0.2.0'
    GUID              = '2c1b4f4b-6f0e-4a3e-8f5d-0f0a1d1c7e55'
    Author            = 'The Mcdm founders'
    TypesToProcess    = @('Mcdm.Types.ps1xml')
    FunctionsToExport = @()
    CmdletsToExport   = @()
    AliasesToExport   = @()
    VariablesToExport = @()
}
