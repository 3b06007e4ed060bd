package console

func (c *console) releaseRoutes() []route { return nil }
