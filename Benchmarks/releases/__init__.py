"""An earlier release of Sosia beside the present one."""
