# Read by Mcdm.psm1 after it has given our types their names, of which the file speaks. (Update-TypeData would first load the module of utilities, which takes longer than all else.)
@{
    ModuleVersion  = '1.0' # asked for by the engine; the version that counts is Mcdm.psd1's
    TypesToProcess = @('Mcdm.Types.ps1xml')
}
