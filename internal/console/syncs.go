package console

func (c *console) syncRoutes() []route { return nil }
